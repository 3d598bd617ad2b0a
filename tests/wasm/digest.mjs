// node digest.mjs MODULE.wasm MODEL.gen.bin SEED...: prints the hash of each image, one a line.
import { readFile } from "node:fs/promises";

const [module, model, ...seeds] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(module));
const { memory, room, digest } = instance.exports;
const file = await readFile(model);
// The memory may grow, and get another buffer, while it makes room.
const place = room(file.length);
new Uint8Array(memory.buffer, place, file.length).set(file);
for (const seed of seeds) {
  const hash = BigInt.asUintN(64, digest(file.length, Number(seed) | 0));
  console.log(hash.toString(16).padStart(16, "0"));
}
