// Puts the page together.

import { Board } from "board";
import { ModelView } from "model";
import { Studio } from "studio";
import { Firmware, ModelError } from "wasm";

const find = (id) => document.getElementById(id);

/** The model in use: its file (null for the one that is built in) and the file's name. */
let model = { file: null, name: "" };
let color = 0;
/** Minutes by which the clock was set on. */
let minutesOn = 0;

/** What the firmware's board has. */
const host = {
  micros: () => Math.floor(performance.now() * 1000) >>> 0,
  entropy: () => crypto.getRandomValues(new Uint32Array(1))[0],
  minutes: () => (minutesOfDay() + minutesOn) % 1440,
  set_minutes: (minutes) => {
    minutesOn = (minutes - minutesOfDay() + 1440) % 1440;
  },
};

function minutesOfDay() {
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
}

function fail(error) {
  find("failure").textContent = `${error.message}. Reload the page to start again.`;
  find("failure").hidden = false;
  throw error;
}

async function flash(file, name) {
  try {
    const firmware = await Firmware.start(await module, file, color, host);
    model = { file, name };
    board.use(firmware);
    studio.use(firmware, name || "gen.bin");
    view.show(firmware.facts, name);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    view.refuse(name, error.message);
  }
}

async function compile() {
  const text = find("module").textContent;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  find("module-size").textContent = `${Math.round(bytes.length / 1000)} KB`;
  return WebAssembly.compile(bytes);
}

const module = compile();
const board = new Board((chosen) => {
  color = chosen;
  flash(model.file, model.name).catch(fail);
}, fail);
const studio = new Studio();
const view = new ModelView((file, name) => flash(file, name).catch(fail));
flash(null, "").catch(fail);
