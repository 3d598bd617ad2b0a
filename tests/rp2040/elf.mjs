// The parts of a 32-bit little-endian ELF file that an emulated chip needs.

const MAGIC = 0x464c457f;
const PT_LOAD = 1;
const SHT_SYMTAB = 2;

/**
 * Reads an executable.
 *
 * @param {Uint8Array} bytes the file
 * @returns {{segments: {address: number, bytes: Uint8Array}[], symbols: Map<string, number>}}
 * what a programmer writes to the chip's memory (at physical addresses), and addresses by name
 * @throws if the file is not such an executable
 */
export function readElf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset) => view.getUint32(offset, true);
  const half = (offset) => view.getUint16(offset, true);
  if (bytes.length < 52 || word(0) !== MAGIC || bytes[4] !== 1 || bytes[5] !== 1) {
    throw new Error("not a 32-bit little-endian ELF file");
  }

  const segments = [];
  for (let index = 0; index < half(44); index++) {
    const header = word(28) + index * half(42);
    const [type, offset, , address, size] = [0, 4, 8, 12, 16].map((at) => word(header + at));
    if (type === PT_LOAD && size > 0) {
      segments.push({ address, bytes: bytes.subarray(offset, offset + size) });
    }
  }

  const section = (index) => {
    const header = word(32) + index * half(46);
    const [type, offset, size, link] = [4, 16, 20, 24].map((at) => word(header + at));
    return { type, offset, size, link };
  };
  const text = new TextDecoder();
  const symbols = new Map();
  for (let index = 0; index < half(48); index++) {
    const table = section(index);
    if (table.type !== SHT_SYMTAB) continue;
    const names = section(table.link).offset;
    for (let symbol = table.offset; symbol < table.offset + table.size; symbol += 16) {
      const name = names + word(symbol);
      const end = bytes.indexOf(0, name);
      symbols.set(text.decode(bytes.subarray(name, end)), word(symbol + 4));
    }
  }
  return { segments, symbols };
}
