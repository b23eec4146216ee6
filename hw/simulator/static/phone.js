// The phones of this page. Each is joined to its board by a WebSocket whose messages
// are the lines of hw/simulator/link.py; whatever is shown here, a board has sent.

import { allowSound, startRinging } from "./ring.js";

const WIDTH = 128;
const HEIGHT = 64;
const RETRY_MS = 1000;
const TAP_MS = 120; // a click without a pointer, as screen readers make it

const LETTERS = {
  1: "", 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno",
  7: "pqrs", 8: "tuv", 9: "wxyz", "*": "", 0: "+", "#": "",
};
const ORDER = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const SPOKEN = { "*": "star", "#": "hash" };
const KEYBOARD = {
  Enter: "call", Backspace: "hang-up", Escape: "hang-up", c: "confirm", m: "menu",
  ...Object.fromEntries(ORDER.map((key) => [key, key])),
};

const soundBox = document.getElementById("sound");

class Phone {
  constructor(name, index) {
    const clone = document.getElementById("phone").content.cloneNode(true);
    this.root = clone.querySelector(".phone");
    this.name = name;
    this.held = new Map(); // who holds (pointer or keyboard key) -> key of the phone
    this.lifted = false;
    this.picture = null;
    this.inverted = false;
    this.find("h2").textContent = name;
    this.root.setAttribute("aria-label", `Phone of ${name}`);
    this.root.classList.add(index % 2 ? "amber" : "white");
    this.canvas = this.find("canvas").getContext("2d");
    this.image = this.canvas.createImageData(WIDTH, HEIGHT);
    this.colour = index % 2 ? [255, 184, 64] : [206, 232, 255];
    this.makeKeypad();
    this.watchButtons();
    this.showLamp("red", false);
    this.showLamp("green", false);
    this.showHook(false);
    this.draw();
    this.connect();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  makeKeypad() {
    for (const key of ORDER) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.key = key;
      button.setAttribute("aria-label", SPOKEN[key] ?? key);
      button.append(key === "*" ? "✱" : key);
      const letters = document.createElement("small");
      letters.textContent = LETTERS[key];
      button.append(letters);
      this.find(".keypad").append(button);
    }
  }

  // --- the link ---

  connect() {
    const url = new URL(`link/${encodeURIComponent(this.name)}`, location.href);
    url.protocol = "ws:";
    this.link = new WebSocket(url);
    this.link.onopen = () => this.root.classList.add("on");
    this.link.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.link.onclose = () => {
      this.root.classList.remove("on");
      this.showRinging(null);
      this.showLamp("red", false);
      this.showLamp("green", false);
      this.showPicture(null);
      setTimeout(() => this.connect(), RETRY_MS);
    };
  }

  send(message) {
    if (this.link.readyState === WebSocket.OPEN) this.link.send(JSON.stringify(message));
  }

  receive(message) {
    if ("picture" in message) this.showPicture(message.picture);
    else if ("ringing" in message) this.showRinging(message.ringing);
    else if ("hook" in message) this.showHook(message.hook === "lifted");
    else if ("leds" in message) {
      this.showLamp("red", message.leds.red);
      this.showLamp("green", message.leds.green);
    } else if ("error" in message) console.warn(`${this.name}: ${message.error}`);
  }

  // --- what a person sees ---

  showPicture(picture) {
    this.picture = picture && Uint8Array.from(atob(picture.bits), (c) => c.charCodeAt(0));
    this.inverted = false;
    clearInterval(this.flashing);
    if (picture?.invert_every_ms) {
      this.flashing = setInterval(() => {
        this.inverted = !this.inverted;
        this.draw();
      }, picture.invert_every_ms);
    }
    this.draw();
    const words = picture ? picture.text.join("\n") : "";
    const region = this.find(".words");
    if (region.textContent !== words) region.textContent = words;
  }

  draw() {
    const pixels = this.image.data;
    for (let i = 0; i < WIDTH * HEIGHT; i += 1) {
      const bit = this.picture ? (this.picture[i >> 3] >> (7 - (i & 7))) & 1 : 0;
      const lit = this.picture && bit !== Number(this.inverted);
      const [red, green, blue] = lit ? this.colour : [5, 7, 9];
      pixels.set([red, green, blue, 255], 4 * i);
    }
    this.canvas.putImageData(this.image, 0, 0);
  }

  showLamp(colour, lit) {
    const lamp = this.find(`.lamp.${colour}`);
    lamp.classList.toggle("lit", lit);
    const meaning = colour === "red" ? "not secure" : "secure";
    lamp.setAttribute("aria-label", `${colour} lamp, ${meaning}: ${lit ? "on" : "off"}`);
  }

  showHook(lifted) {
    this.lifted = lifted;
    this.root.classList.toggle("lifted", lifted);
    const handset = this.find(".handset");
    handset.setAttribute("aria-checked", String(lifted));
    handset.setAttribute("aria-label", `Handset of ${this.name} lifted`);
    handset.title = lifted ? "Put the handset back" : "Lift the handset";
  }

  showRinging(tone) {
    this.tone = tone;
    this.root.classList.toggle("ringing", tone !== null);
    this.stopRinging?.();
    this.stopRinging = tone && soundBox.checked ? startRinging(tone) : null;
  }

  // --- what a person does ---

  watchButtons() {
    this.root.addEventListener("pointerdown", () => takeKeyboard(this));
    this.root.addEventListener("focusin", () => takeKeyboard(this));
    for (const button of this.root.querySelectorAll("[data-key]")) {
      const { key } = button.dataset;
      button.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        event.preventDefault(); // the focus stays with whoever uses the keyboard
        button.setPointerCapture(event.pointerId);
        this.hold(`pointer ${event.pointerId}`, key);
      });
      for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
        button.addEventListener(end, (event) => this.letGo(`pointer ${event.pointerId}`));
      }
      button.addEventListener("click", (event) => {
        if (event.detail !== 0) return;
        this.hold("click", key);
        setTimeout(() => this.letGo("click"), TAP_MS);
      });
      button.addEventListener("contextmenu", (event) => event.preventDefault());
    }
    const handset = this.find("[data-hook]");
    handset.addEventListener("pointerdown", (event) => event.preventDefault());
    handset.addEventListener("click", () => this.moveHook());
  }

  hold(who, key) {
    if (this.held.has(who)) return;
    this.held.set(who, key);
    this.send({ key, down: true });
    this.find(`[data-key="${key}"]`).classList.add("down");
  }

  letGo(who) {
    const key = this.held.get(who);
    if (key === undefined) return;
    this.held.delete(who);
    if ([...this.held.values()].includes(key)) return;
    this.send({ key, down: false });
    this.find(`[data-key="${key}"]`).classList.remove("down");
  }

  letGoOfAll() {
    for (const who of [...this.held.keys()]) this.letGo(who);
  }

  moveHook() {
    this.send({ hook: this.lifted ? "replaced" : "lifted" });
  }
}

let phones = [];
let active = null;

function takeKeyboard(phone) {
  if (active === phone) return;
  active?.letGoOfAll();
  active?.root.classList.remove("active");
  active = phone;
  active.root.classList.add("active");
}

/** The key of the phone that a key of the computer stands for. */
function phoneKey(event) {
  const button = document.activeElement?.closest?.("button");
  if (button && (event.key === "Enter" || event.key === " ")) return button.dataset.key;
  return KEYBOARD[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || active === null) return;
  if (event.target instanceof HTMLInputElement) return;
  allowSound();
  const onHandset = document.activeElement?.matches?.("[data-hook]");
  const key = phoneKey(event);
  if (key !== undefined) active.hold(`keyboard ${event.code}`, key);
  else if (event.key === " " || (onHandset && event.key === "Enter")) {
    if (!event.repeat) active.moveHook();
  } else return;
  event.preventDefault();
});
document.addEventListener("keyup", (event) => {
  active?.letGo(`keyboard ${event.code}`);
  if (event.key === " " && document.activeElement?.closest?.("button")) event.preventDefault();
});
document.addEventListener("pointerdown", allowSound);
window.addEventListener("blur", () => phones.forEach((phone) => phone.letGoOfAll()));
soundBox.addEventListener("change", () => {
  allowSound();
  for (const phone of phones) phone.showRinging(phone.tone ?? null);
});

const names = await (await fetch("phones")).json();
phones = names.map((name, index) => new Phone(name, index));
document.getElementById("desk").replaceChildren(...phones.map((phone) => phone.root));
if (phones.length) takeKeyboard(phones[0]);
