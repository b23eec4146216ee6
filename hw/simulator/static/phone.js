// The phones of this page. Each is joined to its board by a WebSocket whose messages
// are the lines of hw/simulator/link.py; whatever is shown here, a board has sent.

import { Panel } from "./panel.js";
import { allowSound, startRinging } from "./ring.js";
import { HandsetSound } from "./sound.js";

const RETRY_MS = 1000;
const TAP_MS = 120; // a click without a pointer, as screen readers make it
const COLOURS = { white: [206, 232, 255], amber: [255, 184, 64] };

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

const TAKE_UP = "Use this computer's microphone and loudspeaker";
const GIVE_BACK = "Give microphone and loudspeaker back";
const LIFT = "Lift the handset: until then nothing that you say is sent.";
const LISTENING = "You speak into this handset. Headphones keep the echo away.";

const desk = document.getElementById("desk");
const aloud = document.getElementById("aloud");
const keys = document.getElementById("keys");
const token = readToken();

let phones = [];
let active = null;

class Phone {
  constructor({ name, sound }, index) {
    const clone = document.getElementById("phone").content.cloneNode(true);
    this.root = clone.querySelector(".phone");
    this.name = name;
    this.held = new Map(); // who holds (pointer or keyboard key) -> key of the phone
    this.lifted = false;
    this.find("h2").textContent = name;
    this.root.setAttribute("aria-label", `Phone of ${name}`);
    const colour = index % 2 ? "amber" : "white";
    this.root.classList.add(colour);
    this.panel = new Panel(this.root, COLOURS[colour]);
    this.makeKeypad();
    this.watchButtons();
    this.makeSound(sound);
    this.showLamp("red", false);
    this.showLamp("green", false);
    this.showHook(false);
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
    this.link = new WebSocket(address("link", this.name));
    this.link.onopen = () => this.root.classList.add("on");
    this.link.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.link.onclose = () => {
      this.root.classList.remove("on");
      this.showRinging(null);
      this.showLamp("red", false);
      this.showLamp("green", false);
      this.panel.show(null);
      setTimeout(() => this.connect(), RETRY_MS);
    };
  }

  send(message) {
    if (this.link.readyState === WebSocket.OPEN) this.link.send(JSON.stringify(message));
  }

  receive(message) {
    if ("picture" in message) this.panel.show(message.picture);
    else if ("ringing" in message) this.showRinging(message.ringing);
    else if ("hook" in message) this.showHook(message.hook === "lifted");
    else if ("leds" in message) {
      this.showLamp("red", message.leds.red);
      this.showLamp("green", message.leds.green);
    } else if ("error" in message) console.warn(`${this.name}: ${message.error}`);
  }

  // --- what a person sees ---

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
    this.sound.lifted = lifted;
    if (this.sound.on) this.advise();
  }

  showRinging(tone) {
    this.tone = tone;
    this.root.classList.toggle("ringing", tone !== null);
    this.stopRinging?.();
    this.stopRinging = tone && aloud.checked ? startRinging(tone) : null;
  }

  // --- the sound ---

  makeSound(isThere) {
    this.sound = new HandsetSound(address("sound", this.name), (news) => this.showSound(news));
    this.find(".talk").hidden = this.find(".meters").hidden = !isThere;
    if (!isThere) this.find(".advice").textContent = "This phone's handset is a pair of files.";
    this.find(".talk").addEventListener("click", () => {
      if (this.sound.on) {
        this.sound.stop();
        return;
      }
      for (const phone of phones) phone.sound.stop(); // one person is at one handset
      this.sound.start();
    });
    const tab = this.find(".tab");
    tab.href = `?phone=${encodeURIComponent(this.name.toLowerCase())}#${token}`;
    tab.hidden = wanted() !== null;
  }

  showSound({ on, problem, spoken, heard }) {
    if (spoken !== undefined) showLevel(this.find(".spoken"), spoken);
    if (heard !== undefined) showLevel(this.find(".heard"), heard);
    if (on === undefined) return;
    this.root.classList.toggle("talks", on);
    const button = this.find(".talk");
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = on ? GIVE_BACK : TAKE_UP;
    this.find(".advice").classList.toggle("problem", Boolean(problem));
    this.find(".advice").textContent = problem;
    if (on) this.advise();
  }

  advise() {
    this.find(".advice").textContent = this.lifted ? LISTENING : LIFT;
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

/** A meter shows loudness as it is heard: half of it for each 20 dB, silence below -60 dB. */
function showLevel(meter, level) {
  meter.value = level > 0.001 ? 1 + Math.log10(level) / 3 : 0;
}

// --- which phones, and who may use them ---

/** The key to the phones stands behind the "#"; a tab remembers it while it is open. */
function readToken() {
  const given = location.hash.slice(1);
  if (given) sessionStorage.setItem("token", given);
  return given || (sessionStorage.getItem("token") ?? "");
}

function address(what, name) {
  const url = new URL(`${what}/${encodeURIComponent(name)}`, location.href);
  url.protocol = "ws:";
  url.search = new URLSearchParams({ token });
  url.hash = "";
  return url;
}

/** The phone that this tab alone is for, in small letters; null: it shows all. */
function wanted() {
  return new URLSearchParams(location.search).get("phone")?.toLowerCase() ?? null;
}

function tell(sentence) {
  const paragraph = document.createElement("p");
  paragraph.className = "sentence";
  paragraph.setAttribute("role", "alert");
  paragraph.textContent = sentence;
  desk.replaceChildren(paragraph);
}

async function furnish() {
  let answer;
  try {
    answer = await fetch(`phones?${new URLSearchParams({ token })}`);
  } catch {
    tell("The demo is not running any more. Start it again, and open the address that it prints.");
    return;
  }
  if (!answer.ok) {
    tell("Open the address that the demo printed in the terminal: what stands behind its # is the key to these phones, and a new one is made at each start.");
    return;
  }
  const all = (await answer.json()).map((each, index) => ({ ...each, index }));
  const name = wanted();
  const shown = name === null ? all : all.filter((each) => each.name.toLowerCase() === name);
  if (!shown.length) {
    tell(`There is no phone of the name "${name}" here.`);
    return;
  }
  if (name !== null) document.title = `${shown[0].name}'s phone - Sotto`;
  const both = document.getElementById("both");
  both.href = `./#${token}`;
  both.hidden = name === null;
  desk.classList.toggle("single", name !== null);
  phones = shown.map((each) => new Phone(each, each.index));
  desk.replaceChildren(...phones.map((phone) => phone.root));
  takeKeyboard(phones[0]);
}

// --- the keyboard ---

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

/** Whether Enter and Space belong to what has the focus: a link, or a button that is no key. */
function isElsewhere(event) {
  if (event.target instanceof HTMLInputElement) return true;
  if (event.key !== "Enter" && event.key !== " ") return false;
  return Boolean(document.activeElement?.closest?.("a, button:not([data-key], [data-hook])"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || keys.open) return;
  if (event.key === "?") {
    keys.showModal();
    return;
  }
  if (active === null || isElsewhere(event)) return;
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
  if (event.key === " " && document.activeElement?.closest?.("[data-key], [data-hook]")) {
    event.preventDefault();
  }
});
document.addEventListener("pointerdown", allowSound);
document.getElementById("help").addEventListener("click", () => keys.showModal());
window.addEventListener("blur", () => phones.forEach((phone) => phone.letGoOfAll()));
window.addEventListener("hashchange", () => location.reload());
aloud.addEventListener("change", () => {
  allowSound();
  for (const phone of phones) phone.showRinging(phone.tone ?? null);
});

await furnish();
