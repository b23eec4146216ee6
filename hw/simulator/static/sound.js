// This computer's microphone and loudspeaker as the handset of one phone.

const TAKEN = 4001; // hw/simulator/page_links.py
const MOST_WAITING = 10 * 640; // octets not sent yet; what comes on top of them is dropped

/** Why there is no microphone, in a sentence for the person who can mend it. */
const REASONS = {
  NotAllowedError: "The browser may not use the microphone. Allow it beside the page's address, then press the button again.",
  NotFoundError: "This computer has no microphone, or it is not plugged in.",
  NotReadableError: "Another program holds the microphone. Close it, then press the button again.",
};
const NOT_HERE = "This browser gives no page a microphone. Open the page as 127.0.0.1 or localhost.";
const TAKEN_AWAY = "Another tab is this phone's handset now.";
const PHONE_WENT = "The phone is not running. Press the button again when it is back.";

export class HandsetSound {
  /**
   * @param url the WebSocket of the phone's sound
   * @param report hears {on, problem, spoken, heard}, whichever of them are new
   */
  constructor(url, report) {
    this.url = url;
    this.report = report;
    this.lifted = false;
    this.on = false;
  }

  /** Asks for the microphone and joins both ends. Call it from a click: browsers want one. */
  async start() {
    if (this.on) return;
    this.on = true;
    this.report({ on: true, problem: "" });
    try {
      await this.open();
    } catch (error) {
      this.stop(REASONS[error.name] ?? `The microphone cannot be used: ${error.message}`);
    }
  }

  async open() {
    if (!navigator.mediaDevices) throw new Error(NOT_HERE);
    this.context = new AudioContext({ latencyHint: "interactive" });
    const { context } = this;
    await context.audioWorklet.addModule("worklet.js");
    const microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    if (context !== this.context) { // it was switched off while the browser asked
      stopTracks(microphone);
      return;
    }
    this.microphone = microphone;
    const [track] = microphone.getAudioTracks();
    track.onended = () => this.stop(REASONS.NotFoundError);
    this.mouth = new AudioWorkletNode(context, "mouth", { numberOfOutputs: 0 });
    this.ear = new AudioWorkletNode(context, "ear", { numberOfInputs: 0, outputChannelCount: [1] });
    this.mouth.port.onmessage = ({ data }) => this.speak(data);
    this.ear.port.onmessage = ({ data }) => this.report({ heard: data.level });
    context.createMediaStreamSource(microphone).connect(this.mouth);
    this.ear.connect(context.destination);
    await context.resume();
    this.connect();
  }

  connect() {
    this.link = new WebSocket(this.url);
    const { link } = this;
    link.binaryType = "arraybuffer";
    link.onmessage = ({ data }) => this.ear?.port.postMessage(data, [data]);
    link.onclose = ({ code }) => {
      if (link === this.link) this.stop(code === TAKEN ? TAKEN_AWAY : PHONE_WENT);
    };
  }

  speak({ frame, level }) {
    this.report({ spoken: level });
    const { link } = this;
    if (this.lifted && link?.readyState === WebSocket.OPEN && link.bufferedAmount < MOST_WAITING) {
      link.send(frame);
    }
  }

  /** Gives microphone and loudspeaker back; `problem` says why, if it was not the person. */
  stop(problem = "") {
    if (!this.on) return;
    this.on = false;
    const { link, microphone, context } = this;
    this.link = this.microphone = this.context = null;
    for (const node of [this.mouth, this.ear]) node?.port.postMessage("stop");
    this.mouth = this.ear = null;
    link?.close();
    if (microphone) stopTracks(microphone);
    context?.close();
    this.report({ on: false, problem, spoken: 0, heard: 0 });
  }
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
