// One digit: of a seed and a label, or anywhere between four seeds.

import { choose, chosen, fillChoice } from "choice";
import { Oled, rgbaOfInk } from "oled";
import { END, Pad } from "pad";

/** Pictures in a row and in a column of the map. */
const CELLS = 7;
const MAX_SEED = 0xffffffff;

/** The seed of a corner, which are counted from 0 as one reads. */
const corner = (seed, number) => (seed + number) % (MAX_SEED + 1);

const find = (id) => document.getElementById(id);

export class Studio {
  #firmware = null;
  #fileName = "";
  #seed = 42;
  #picture = new Oled(find("picture"));
  #pad = new Pad(CELLS, () => this.#draw());

  constructor() {
    find("controls").addEventListener("submit", (event) => event.preventDefault());
    find("seed").addEventListener("input", () => this.#readSeed());
    find("random").addEventListener("click", () => {
      find("seed").value = crypto.getRandomValues(new Uint32Array(1))[0];
      this.#readSeed();
    });
  }

  /** Draws with this firmware from now on; `fileName` is where its model came from. */
  use(firmware, fileName) {
    const label = this.#firmware ? this.#label : 7;
    this.#firmware = firmware;
    this.#fileName = fileName;
    const { classes } = firmware.facts;
    const names = Array.from({ length: classes }, (_, label) => `${label}`);
    fillChoice(find("labels"), names, () => this.#drawAll());
    find("labels").hidden = classes === 0;
    choose(find("labels"), Math.min(label, Math.max(0, classes - 1)));
    this.#drawAll();
  }

  get #label() {
    return chosen(find("labels"));
  }

  #readSeed() {
    const text = find("seed").value.trim();
    const good = /^\d+$/.test(text) && Number(text) <= MAX_SEED;
    find("seed").setAttribute("aria-invalid", String(!good));
    find("seed-error").hidden = good;
    find("seed-error").textContent = good ? "" : "A seed is a whole number from 0 to 4294967295.";
    if (!good) return;
    this.#seed = Number(text);
    this.#pad.place = { right: 0, down: 0 };
    this.#drawAll();
  }

  #drawAll() {
    this.#drawMap();
    this.#draw();
  }

  #draw() {
    const { height, width } = this.#firmware.facts.image;
    const place = { seed: this.#seed, ...this.#pad.place };
    this.#picture.show(rgbaOfInk(this.#firmware.draw(place, this.#label)), width, height);
    const what = this.#firmware.facts.classes === 0 ? "An image" : `A ${this.#label}`;
    const where = this.#where(place);
    find("caption").textContent = `${what} ${where}`;
    find("picture").setAttribute("aria-label", `${what} ${where}, as drawn`);
    this.#tellCommand(place);
  }

  /** The seed of a place: null between the corners. */
  #seedAt({ seed, right, down }) {
    if (right % END !== 0 || down % END !== 0) return null;
    return corner(seed, (right + 2 * down) / END);
  }

  #where(place) {
    const seed = this.#seedAt(place);
    if (seed !== null) return `of seed ${seed}`;
    const percent = (way) => `${Math.round((way / END) * 100)} %`;
    const way = `${percent(place.right)} right, ${percent(place.down)} down`;
    return `between seeds ${place.seed} to ${corner(place.seed, 3)}: ${way}`;
  }

  /** Tells the command that draws the same; there is none between the corners. */
  #tellCommand(place) {
    const seed = this.#seedAt(place);
    const digit = this.#firmware.facts.classes === 0 ? "" : `--digit ${this.#label} `;
    find("same").hidden = seed === null;
    find("command").textContent =
      `trainer sample ${this.#fileName} \\\n  ${digit}--seed ${seed} --count 1`;
  }

  /** The map: a picture for each of CELLS x CELLS places. */
  #drawMap() {
    const { height, width } = this.#firmware.facts.image;
    const map = find("map");
    map.width = CELLS * width;
    map.height = CELLS * height;
    for (let cell = 0; cell < CELLS * CELLS; cell += 1) {
      const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
      const way = (index) => Math.round((index / (CELLS - 1)) * END);
      const place = { seed: this.#seed, right: way(column), down: way(row) };
      const picture = this.#firmware.draw(place, this.#label);
      const image = new ImageData(rgbaOfInk(picture), width, height);
      map.getContext("2d").putImageData(image, column * width, row * height);
    }
  }
}
