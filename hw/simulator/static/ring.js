// A ring tone, made and not sampled: tones in quick turns, on and off in a cadence.
// The browser lets a page sound only after the person has clicked or typed something.

let context = null;

export function allowSound() {
  context ??= new AudioContext();
  context.resume();
}

/** Plays the tone until the returned function is called. */
export function startRinging(tone) {
  if (context === null || tone.frequencies.length === 0) return () => {};
  const oscillator = new OscillatorNode(context, { type: "triangle" });
  const gain = new GainNode(context, { gain: 0 });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start();

  let timer = 0;
  const ring = () => {
    const begin = context.currentTime + 0.02;
    const round = schedule(oscillator.frequency, gain.gain, tone, begin);
    timer = setTimeout(ring, Math.max(round, 0.1) * 1000);
  };
  ring();
  return () => {
    clearTimeout(timer);
    oscillator.stop();
    gain.disconnect();
  };
}

/** Plans one round of the cadence and returns its length in seconds. */
function schedule(frequency, gain, tone, begin) {
  const turn = Math.max(tone.turn_ms, 10) / 1000;
  const loud = 0.08 * (tone.volume / 100) ** 2;
  let at = begin;
  const cadence = tone.cadence_ms.length ? tone.cadence_ms : [1000];
  cadence.forEach((length, index) => {
    const end = at + length / 1000;
    const sounds = index % 2 === 0;
    gain.setTargetAtTime(sounds ? loud : 0, at, 0.005);
    for (let step = 0; sounds && at + step * turn < end; step += 1) {
      frequency.setValueAtTime(tone.frequencies[step % tone.frequencies.length], at + step * turn);
    }
    at = end;
  });
  return at - begin;
}
