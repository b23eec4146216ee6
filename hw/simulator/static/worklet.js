// The browser's end of the handset, on its audio thread: frames of 20 ms, 16 bit at 16 kHz
// (hw/board.py), from the microphone and for the loudspeaker.

import { Resampler } from "./resampler.js";

const RATE = 16000;
const FRAME = RATE / 50;
const FULL = 32767;
const ENOUGH_S = 0.06; // what must have come before the first of it is played
const TOO_MUCH_S = 0.24; // what is late by more than this is dropped, the oldest first

/** Microphone: posts {frame: ArrayBuffer, level: 0..1}. */
class Mouth extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(Math.round(sampleRate), RATE);
    this.start();
    this.runs = true;
    this.port.onmessage = () => { this.runs = false; };
  }

  start() {
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.peak = 0;
  }

  process(inputs) {
    const channels = inputs[0];
    if (channels.length > 0) this.take(this.resampler.process(mono(channels)));
    return this.runs;
  }

  take(samples) {
    for (const sample of samples) {
      const limited = Math.max(-1, Math.min(1, sample));
      this.peak = Math.max(this.peak, Math.abs(limited));
      this.frame[this.filled] = Math.round(limited * FULL);
      this.filled += 1;
      if (this.filled === FRAME) {
        const { buffer } = this.frame;
        this.port.postMessage({ frame: buffer, level: this.peak }, [buffer]);
        this.start();
      }
    }
  }
}

/** Loudspeaker: takes frames (ArrayBuffer), posts {level: 0..1} about as often. */
class Ear extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(RATE, Math.round(sampleRate));
    this.queue = [];
    this.waiting = 0; // samples in the queue
    this.flows = false;
    this.runs = true;
    this.port.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.take(new Int16Array(data));
      else this.runs = false;
    };
  }

  take(frame) {
    const samples = this.resampler.process(Float32Array.from(frame, (value) => value / FULL));
    this.queue.push(samples);
    this.waiting += samples.length;
    this.port.postMessage({ level: samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0) });
    if (this.waiting > TOO_MUCH_S * sampleRate) {
      while (this.waiting > ENOUGH_S * sampleRate) this.waiting -= this.queue.shift().length;
    }
  }

  process(_, outputs) {
    const output = outputs[0][0];
    if (this.waiting >= ENOUGH_S * sampleRate) this.flows = true;
    let filled = 0;
    while (this.flows && filled < output.length) {
      const next = this.queue[0];
      if (next === undefined) {
        this.flows = false;
        break;
      }
      const part = next.subarray(0, output.length - filled);
      output.set(part, filled);
      filled += part.length;
      this.waiting -= part.length;
      if (part.length === next.length) this.queue.shift();
      else this.queue[0] = next.subarray(part.length);
    }
    return this.runs;
  }
}

function mono(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, i) => channels.reduce((sum, one) => sum + one[i], 0) / channels.length);
}

registerProcessor("mouth", Mouth);
registerProcessor("ear", Ear);
