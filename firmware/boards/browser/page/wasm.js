// The firmware: an instance of the module with a model on it.

/** Displays that the firmware can drive, in the order of its numbers for them. */
export const COLORS = ["16 greys", "1 bit", "Colour"];
/** Modes of the app, likewise. */
export const MODES = ["Gallery", "Morph", "Ask", "Handwriting", "Clock"];

const KINDS = ["dense", "conv", "conv transposed", "depthwise", "upsample"];
const NONE = 0xffffffff;
/** What a step has done, if it has not drawn a digit. */
const [IDLE, STOPPED] = [0, 2];

/** What went wrong with a model, in a sentence of the firmware's. */
export class ModelError extends Error {}

export class Firmware {
  #exports;
  #board;

  /**
   * Makes a board and starts the app with a model.
   *
   * @param {WebAssembly.Module} module
   * @param {Uint8Array | null} file the model; null for the one that is built in
   * @param {number} color index in COLORS
   * @param {object} host what the board has: micros(), entropy(), minutes(), set_minutes(n)
   * @throws {ModelError} if the model cannot be used
   */
  static async start(module, file, color, host) {
    const firmware = new Firmware();
    const panicked = (start, len) => {
      throw new Error(`the firmware stopped: ${firmware.#string(start, len)}`);
    };
    const { exports } = await WebAssembly.instantiate(module, { page: { ...host, panicked } });
    firmware.#exports = exports;
    firmware.#board = exports.board(file ? file.length : 0);
    if (!firmware.#board) throw new ModelError("the browser has no memory for a file of this size");
    if (file) firmware.#bytes(exports.file(firmware.#board), file.length).set(file);
    if (!exports.load(firmware.#board, color)) throw new ModelError(firmware.#text());
    return firmware;
  }

  /** Lets the app do what is next: the digit that it drew, or null. */
  step() {
    const did = this.#exports.step(this.#board);
    if (did === STOPPED) throw new Error(`the firmware stopped: ${this.#text()}`);
    if (did === IDLE) return null;
    const [label, from, to, t, micros] = this.#words(this.#exports.drawn(this.#board), 5);
    return { label, from, to, t, micros };
  }

  /** Gives the app an input: "mode" or "label" with a number, "next_mode", "action", "next",
   * "previous". */
  press(input, number) {
    this.#exports[input](this.#board, number);
  }

  /** Index in MODES. */
  get mode() {
    return this.#exports.shown_mode(this.#board);
  }

  /** The display: RGBA bytes, 64 rows of 128 pixels. They change with the next step. */
  get screen() {
    return this.#bytes(this.#exports.screen(this.#board), 4 * 128 * 64);
  }

  /**
   * The image of a label between the latents of four seeds: bytes of ink, row by row.
   *
   * @param {{seed: number, right: number, down: number}} place the seed at the top left, and the
   *   ways from it in 1/256
   */
  draw({ seed, right, down }, label) {
    const { image } = this.facts;
    const start = this.#exports.draw(this.#board, seed, right, down, label);
    if (!start) throw new Error(this.#text());
    return this.#bytes(start, image.height * image.width).slice();
  }

  #facts;

  /** What the file says of the model, and what it costs. */
  get facts() {
    this.#facts ??= this.#readFacts();
    return this.#facts;
  }

  // The order of the words is that of `Facts` in src/facts.rs.
  #readFacts() {
    let at = this.#exports.facts(this.#board);
    const word = () => {
      at += 4;
      return this.#words(at - 4, 1)[0];
    };
    const wide = () => BigInt(word()) + (BigInt(word()) << 32n);
    const optional = () => {
      const value = word();
      return value === NONE ? null : value;
    };
    const sides = () => ({ height: word(), width: word(), channels: word() });
    const string = () => this.#string(word(), word());
    const layer = () => ({
      kind: KINDS[word()],
      kernel: word(),
      stride: word(),
      input: sides(),
      output: sides(),
      bits: word(),
      macs: Number(wide()),
    });
    return {
      fileLen: word(),
      checksum: word(),
      workspaceLen: word(),
      macs: Number(wide()),
      latentLen: word(),
      classes: word(),
      image: sides(),
      dataSet: string(),
      recipe: string(),
      tool: string(),
      steps: word(),
      seed: wide(),
      recognised: optional(),
      frechet: optional(),
      layers: Array.from({ length: word() }, layer),
    };
  }

  // The memory may have grown since the last look, so every look is at its present buffer.
  #bytes(start, len) {
    return new Uint8Array(this.#exports.memory.buffer, start, len);
  }

  #words(start, len) {
    return new Uint32Array(this.#exports.memory.buffer, start, len);
  }

  #string(start, len) {
    return new TextDecoder().decode(this.#bytes(start, len));
  }

  #text() {
    return this.#string(this.#exports.text(this.#board), this.#exports.text_len(this.#board));
  }
}
