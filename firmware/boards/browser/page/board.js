// The board: its display, its buttons, its log.

import { choose, chosen, fillChoice } from "choice";
import { Oled } from "oled";
import { COLORS, MODES } from "wasm";

/** Most time that the app gets in a frame, in milliseconds. */
const FRAME_MS = 8;
/** Lines that the log keeps. */
const LOG_LINES = 100;

/** What the modes are, and what the main button does in each. */
const ABOUT = {
  Gallery: ["New page", "Fresh digits, one class after another."],
  Morph: ["Hold or go on", "One digit that changes its handwriting all the time."],
  Ask: ["Another one", "The digit that you ask for, never twice the same."],
  Handwriting: ["New hand", "All digits in one handwriting."],
  Clock: ["Set the clock", "The time, each minute in another handwriting."],
};
/** Modes that take a digit. */
const WITH_DIGIT = ["Morph", "Ask"];

const find = (id) => document.getElementById(id);

export class Board {
  #firmware = null;
  #oled = new Oled(find("screen"));
  #shownMode = -1;
  #failed;

  /**
   * @param {(color: number) => void} recolor called when the user chooses another display
   * @param {(error: Error) => void} failed called when the firmware has stopped
   */
  constructor(recolor, failed) {
    this.#failed = failed;
    fillChoice(find("modes"), MODES, (index) => this.#press("mode", index));
    fillChoice(find("colors"), COLORS, recolor);
    choose(find("colors"), 0);
    for (const id of ["previous", "action", "next"]) {
      find(id).addEventListener("click", () => this.#press(id));
    }
    find("display").addEventListener("click", () => this.#press("action"));
    find("display").addEventListener("keydown", (event) => this.#key(event));
    requestAnimationFrame(() => this.#frame());
  }

  /** Shows this firmware from now on, in the mode that is chosen. */
  use(firmware) {
    const mode = chosen(find("modes"));
    this.#firmware = firmware;
    this.#shownMode = -1;
    this.#fillDigits(firmware.facts.classes);
    find("log").replaceChildren();
    if (mode > 0) this.#press("mode", mode);
  }

  #fillDigits(classes) {
    const buttons = Array.from({ length: classes }, (_, label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => this.#press("label", label));
      return button;
    });
    find("ask").replaceChildren(...buttons);
  }

  #press(input, number = 0) {
    this.#firmware?.press(input, number);
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowLeft") this.#press("previous");
    else if (event.key === "ArrowRight") this.#press("next");
    else if (event.key === "m" || event.key === "M") this.#press("next_mode");
    else if (/^[0-9]$/.test(event.key)) this.#press("label", Number(event.key));
    else return;
    event.preventDefault();
  }

  #frame() {
    if (this.#firmware) {
      try {
        this.#run();
      } catch (error) {
        this.#firmware = null;
        this.#failed(error);
      }
    }
    requestAnimationFrame(() => this.#frame());
  }

  #run() {
    const firmware = this.#firmware;
    const end = performance.now() + FRAME_MS;
    let changed = false;
    do {
      const drawn = firmware.step();
      if (drawn) this.#log(drawn);
      else break;
      changed = true;
    } while (performance.now() < end);
    const mode = firmware.mode;
    if (mode !== this.#shownMode) {
      this.#shownMode = mode;
      this.#tellMode(MODES[mode], mode);
      changed = true;
    }
    if (changed) this.#oled.show(firmware.screen, 128, 64);
  }

  #tellMode(name, index) {
    const [action, about] = ABOUT[name];
    choose(find("modes"), index);
    find("action").textContent = action;
    find("about-mode").textContent = about;
    find("ask").hidden = !WITH_DIGIT.includes(name);
    find("display").setAttribute("aria-label", `Display: ${name}. ${about} Press: ${action}.`);
  }

  #log({ label, from, to, t, micros }) {
    const line = document.createElement("li");
    line.value = (find("log").lastElementChild?.value ?? 0) + 1;
    const style = t === 0 || from === to ? `seed ${from}` : `seeds ${from} to ${to}, ${t}/256`;
    line.textContent = `digit ${label}, ${style}, ${(micros / 1000).toFixed(1)} ms here`;
    const log = find("log");
    log.append(line);
    if (log.childElementCount > LOG_LINES) log.firstElementChild.remove();
    const box = find("log-box");
    box.scrollTop = box.scrollHeight;
  }
}
