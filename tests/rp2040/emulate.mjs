// Runs a Pico's firmware as it is told: emulate.mjs ELF [ENTROPY]
//
// Each line of the standard input is a JSON object, and so is each line of the answer:
//   {"run": MICROSECONDS, "until_log": BOOL}  lets time pass, to the next log line at most
//     -> {"log": [BYTE, ...], "i2c": [[BYTE, ...], ...], ...}: the log, and what the device on
//        I2C0 was written, a list for each time it was addressed
//   {"pin": NUMBER, "high": BOOL}             sets a pin from outside -> {...}
//   {"plugged": BOOL}                         connects the device on I2C0, or not -> {...}
//   {"interrupt": NUMBER}                     enables and raises an interrupt -> {...}
//   {"memory": true}                          -> {"static": BYTES, "stack": BYTES, ...}
// Every answer has "micros" since power-on, "resets" by the watchdog, and "complaints" of the
// emulated hardware since the last answer. {"error": TEXT} is the last line.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { Pico } from "./pico.mjs";

function answer(pico, request) {
  const { run, until_log, pin, high, plugged, interrupt, memory } = request;
  if (run !== undefined) return pico.run(run, until_log === true);
  if (memory !== undefined) return pico.memory();
  if (pin !== undefined) pico.setPin(pin, high === true);
  else if (plugged !== undefined) pico.plugged = plugged;
  else if (interrupt !== undefined) pico.interrupt(interrupt);
  else throw new Error(`not a request: ${JSON.stringify(request)}`);
  return {};
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
