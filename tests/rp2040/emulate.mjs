// Runs a Pico's firmware as it is told: emulate.mjs ELF [ENTROPY]
//
// Each line of the standard input is a JSON object, and so is each line of the answer:
//   {"run": MICROSECONDS, "until_log": BOOL}  lets time pass -> {"log": [BYTES], ...}
//   {"pin": NUMBER, "high": BOOL}             sets a pin from outside
//   {"display": true}                         -> {"rows": ["#..", ...], ...}
//   {"memory": true}                          -> {"static": BYTES, "stack": BYTES, ...}
// Every answer has "micros" since power-on, "resets" by the watchdog, and "complaints" of the
// emulated hardware since the last answer. {"error": TEXT} is the last line.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { Pico } from "./pico.mjs";

function answer(pico, request) {
  if (request.run !== undefined) return { log: pico.run(request.run, request.until_log === true) };
  if (request.pin !== undefined) return pico.setPin(request.pin, request.high === true) ?? {};
  if (request.display) return { rows: pico.display.rows() };
  if (request.memory) return pico.memory();
  throw new Error(`not a request: ${JSON.stringify(request)}`);
}

try {
  const [elf, entropy = "1"] = process.argv.slice(2);
  const pico = new Pico(readFileSync(elf), Number(entropy));
  for await (const line of createInterface({ input: process.stdin })) {
    const state = answer(pico, JSON.parse(line));
    const { micros, resets } = pico;
    const complaints = pico.complaints.splice(0);
    process.stdout.write(`${JSON.stringify({ ...state, micros, resets, complaints })}\n`);
  }
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
  process.exitCode = 1;
}
