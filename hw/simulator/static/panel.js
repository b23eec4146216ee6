// The phone's panel: pixel for pixel for the eye, in words for a screen reader.

const WIDTH = 128;
const HEIGHT = 64;
const DARK = [5, 7, 9];
const CLOCK = /\b\d{1,2}(:\d\d){1,2}\b/g; // the time, or how long a call lasts

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Panel {
  /**
   * @param root where .glass, .words and .alarm are
   * @param colour of a lit pixel: red, green, blue
   */
  constructor(root, colour) {
    this.screen = root.querySelector("canvas");
    this.polite = root.querySelector(".words");
    this.assertive = root.querySelector(".alarm");
    this.canvas = this.screen.getContext("2d");
    this.image = this.canvas.createImageData(WIDTH, HEIGHT);
    this.colour = colour;
    this.said = "";
    this.show(null);
  }

  /** Shows a picture of the link; null: the panel is off. */
  show(picture) {
    this.bits = picture && Uint8Array.from(atob(picture.bits), (c) => c.charCodeAt(0));
    const every = picture?.invert_every_ms ?? 0;
    // A panel that must not flash stands inverted: it differs from all others, and keeps still.
    this.inverted = every > 0 && calm.matches;
    clearInterval(this.flashing);
    if (every > 0 && !calm.matches) {
      this.flashing = setInterval(() => {
        this.inverted = !this.inverted;
        this.draw();
      }, every);
    }
    this.draw();
    this.say(picture?.text ?? [], every > 0);
  }

  draw() {
    const pixels = this.image.data;
    for (let i = 0; i < WIDTH * HEIGHT; i += 1) {
      const bit = this.bits ? (this.bits[i >> 3] >> (7 - (i & 7))) & 1 : 0;
      const lit = this.bits && bit !== Number(this.inverted);
      const [red, green, blue] = lit ? this.colour : DARK;
      pixels.set([red, green, blue, 255], 4 * i);
    }
    this.canvas.putImageData(this.image, 0, 0);
  }

  say(lines, isAlarm) {
    this.screen.setAttribute("aria-label", `Display: ${lines.join(", ") || "off"}`);
    const words = lines.join("\n");
    const essence = `${isAlarm} ${words.replace(CLOCK, "")}`;
    if (essence === this.said) return; // a clock that ticks is no news
    this.said = essence;
    this.assertive.textContent = isAlarm ? words : "";
    this.polite.textContent = isAlarm ? "" : words;
  }
}
