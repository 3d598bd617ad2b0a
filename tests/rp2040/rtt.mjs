// The host's side of SEGGER's real-time transfer: what a debug probe does to fetch the log.

const ID = "SEGGER RTT";
const UP = 24;
const [BUFFER, SIZE, WRITE, READ, FLAGS] = [4, 8, 12, 16, 20];
const BLOCK_IF_FULL = 2;

/** The first up channel of a control block in a chip's memory. */
export class Rtt {
  /**
   * @param memory has `readUint8`, `readUint32` and `writeUint32`
   * @param {number} address of the control block
   */
  constructor(memory, address) {
    this.memory = memory;
    this.address = address;
  }

  #word(offset) {
    return this.memory.readUint32(this.address + UP + offset);
  }

  /** Whether the firmware has set the control block up. */
  #ready() {
    return [...ID].every(
      (letter, index) => this.memory.readUint8(this.address + index) === letter.charCodeAt(0),
    );
  }

  /** Whether there is something to fetch. */
  pending() {
    return this.#word(WRITE) !== this.#word(READ) && this.#ready();
  }

  /** Fetches what has come, and asks the firmware never to drop anything. */
  take() {
    const bytes = [];
    if (!this.#ready()) return bytes;
    this.memory.writeUint32(this.address + UP + FLAGS, BLOCK_IF_FULL);
    const [buffer, size, write] = [BUFFER, SIZE, WRITE].map((offset) => this.#word(offset));
    let read = this.#word(READ);
    while (read !== write) {
      bytes.push(this.memory.readUint8(buffer + read));
      read = (read + 1) % size;
    }
    this.memory.writeUint32(this.address + UP + READ, read);
    return bytes;
  }
}
