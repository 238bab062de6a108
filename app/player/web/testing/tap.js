// An audio worklet that hands on what it hears, in blocks that say where on the audio clock they
// stand.

const BLOCK = 4096; // samples in one message

registerProcessor(
  "tap",
  class extends AudioWorkletProcessor {
    #open = true;
    #left = [];
    #right = [];
    #first = 0; // frame of the first sample in hand

    constructor() {
      super();
      this.port.onmessage = () => (this.#open = false);
    }

    process([input]) {
      const [left, right = left] = input;
      // Where nothing is connected there are no channels, and some quanta are never asked for.
      const gap = currentFrame !== this.#first + this.#left.length;
      if (gap || this.#left.length >= BLOCK) this.#send();
      if (left) {
        this.#left.push(...left);
        this.#right.push(...right);
      }
      return this.#open;
    }

    #send() {
      if (this.#left.length) {
        const sides = [Float32Array.from(this.#left), Float32Array.from(this.#right)];
        this.port.postMessage({ first: this.#first, sides });
      }
      this.#first = currentFrame;
      this.#left = [];
      this.#right = [];
    }
  },
);
