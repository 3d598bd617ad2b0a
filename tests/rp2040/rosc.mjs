// The RP2040's ring oscillator, as far as firmware takes random bits from it. Those of a chip come
// from noise; here they follow from a number, so that a run can be repeated.

import { BasePeripheral } from "rp2040js";

const STATUS = 0x18;
const RANDOM_BIT = 0x1c;
const ENABLED_AND_STABLE = (1 << 31) | (1 << 12);

export class Rosc extends BasePeripheral {
  constructor(chip, entropy) {
    super(chip, "ROSC");
    // Zero is the one state that xorshift does not leave.
    this.state = entropy >>> 0 || 1;
    this.registers = new Map();
  }

  readUint32(offset) {
    if (offset === RANDOM_BIT) {
      this.state ^= this.state << 13;
      this.state ^= this.state >>> 17;
      this.state ^= this.state << 5;
      return (this.state >>> 16) & 1;
    }
    if (offset === STATUS) return ENABLED_AND_STABLE >>> 0;
    return this.registers.get(offset) ?? 0;
  }

  writeUint32(offset, value) {
    this.registers.set(offset, value);
  }
}
