// From one sampling rate to another: a windowed sinc, one set of taps for each position that
// an output sample can have between two input samples. Nothing above the lower rate's band
// comes through, so nothing is folded back into it.

const ZERO_CROSSINGS = 16; // on each side of the middle
const PASSED = 0.92; // share of the band before the edge begins

export class Resampler {
  /** Both rates are whole numbers of hertz. */
  constructor(from, to) {
    const divisor = greatestDivisor(from, to);
    this.up = to / divisor;
    this.down = from / divisor;
    const cutoff = PASSED * Math.min(1, to / from);
    const half = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.length = 2 * half;
    this.taps = Array.from({ length: this.up }, (_, step) => taps(step / this.up, half, cutoff));
    this.rest = new Float32Array(this.length - 1);
    this.step = 0;
  }

  /** Takes the next input samples (Float32Array), returns the output that they make. */
  process(input) {
    if (this.up === this.down) return input;
    const samples = new Float32Array(this.rest.length + input.length);
    samples.set(this.rest);
    samples.set(input, this.rest.length);
    const output = new Float32Array(Math.ceil((samples.length * this.up) / this.down) + 1);
    let count = 0;
    let at = 0;
    while (at + this.length <= samples.length) {
      const weights = this.taps[this.step];
      let sum = 0;
      for (let i = 0; i < this.length; i += 1) sum += weights[i] * samples[at + i];
      output[count] = sum;
      count += 1;
      this.step += this.down;
      at += Math.floor(this.step / this.up);
      this.step %= this.up;
    }
    this.rest = samples.slice(at);
    return output.subarray(0, count);
  }
}

function taps(fraction, half, cutoff) {
  const weights = Float32Array.from({ length: 2 * half }, (_, i) => {
    const x = i - (half - 1) - fraction;
    return sinc(cutoff * x) * blackman(x / half);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum); // a constant stays what it is
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Blackman's window, for x from -1 to 1. */
function blackman(x) {
  if (Math.abs(x) >= 1) return 0;
  return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}

function greatestDivisor(a, b) {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
