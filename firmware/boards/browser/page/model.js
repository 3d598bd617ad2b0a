// The model: what it is, what it costs, and how to bring another.

import { instructions } from "cost";

const find = (id) => document.getElementById(id);
const number = (value) => Number(value).toLocaleString("en-US");

/** Most bytes of a file that is looked at: no model is larger than a chip's flash. */
const MAX_FILE = 16 * 1024 * 1024;

export class ModelView {
  /** @param {(file: Uint8Array | null, name: string) => void} flash called with a file */
  constructor(flash) {
    const open = async (file) => {
      if (!file) return;
      if (file.size === 0) return this.refuse(file.name, "the file is empty");
      if (file.size > MAX_FILE) return this.refuse(file.name, "the file is too large for a model");
      try {
        flash(new Uint8Array(await file.arrayBuffer()), file.name);
      } catch (error) {
        this.refuse(file.name, `it cannot be read: ${error.message}`);
      }
    };
    find("file").addEventListener("change", (event) => {
      open(event.target.files[0]);
      // The same file may be chosen again, after it has changed.
      event.target.value = "";
    });
    find("built-in").addEventListener("click", () => flash(null, ""));
    const drop = find("drop");
    // Dropped anywhere else, a file would replace the page.
    for (const type of ["dragover", "drop"]) {
      document.addEventListener(type, (event) => event.preventDefault());
    }
    document.addEventListener("dragover", () => drop.classList.add("over"));
    document.addEventListener("dragleave", () => drop.classList.remove("over"));
    document.addEventListener("drop", (event) => {
      drop.classList.remove("over");
      open(event.dataTransfer.files[0]);
    });
  }

  /** Says why a file is not used. */
  refuse(name, reason) {
    find("model-error").textContent = `${name}: ${reason}. The model before it is still in use.`;
    find("model-error").hidden = false;
  }

  /** Shows the facts of the model that is in use. */
  show(facts, name) {
    find("model-error").hidden = true;
    find("built-in").hidden = name === "";
    find("model-status").textContent =
      name === "" ? "In use: the model that is built in." : `In use: ${name}.`;
    const rows = [...provenance(facts), ...needs(facts)];
    find("facts").replaceChildren(...rows.map(([name, value]) => fact(name, value)));
    find("layers").replaceChildren(...facts.layers.map(layerRow));
    find("counted").textContent = counted(facts);
  }
}

function provenance({ dataSet, recipe, tool, steps, seed, recognised, frechet }) {
  const scores = [];
  if (recognised !== null) {
    scores.push(["Read as the digit asked for", `${(recognised / 100).toFixed(2)} %`]);
  }
  if (frechet !== null) scores.push(["Fréchet distance", (frechet / 100).toFixed(2)]);
  return [
    ["Data set", dataSet || "not said"],
    ["Recipe", recipe || "not said"],
    ["Training", `${number(steps)} steps, seed ${seed}`],
    ["Made by", tool || "not said"],
    ...scores,
  ];
}

function needs(facts) {
  const cores = instructions(facts).map(({ core, instructions, measured }) => {
    const name = `Instructions an image, ${core}`;
    if (instructions === null) return [name, "no such layer was measured"];
    return [name, measured ? number(instructions) : `about ${number(instructions.toPrecision(1))}`];
  });
  return [
    ["Flash", `${number(facts.fileLen)} bytes`],
    ["RAM to draw", `${number(facts.workspaceLen)} bytes`],
    ["Multiply-accumulates an image", number(facts.macs)],
    ...cores,
  ];
}

/** What the numbers count. */
function counted(facts) {
  const macs = "A multiply-accumulate (MAC) counts whether or not its result is cropped.";
  const how = instructions(facts).every(({ measured }) => measured)
    ? "Instructions were counted one by one in an emulator, for this very file."
    : "Instructions of this file were not counted: each of its layers is taken to cost as much a MAC " +
      "as the most similar layer of those that were. That can be wrong by a factor of three.";
  return `${macs} ${how}`;
}

function fact(name, value) {
  const row = document.createElement("div");
  const [term, detail] = ["dt", "dd"].map((tag) => document.createElement(tag));
  term.textContent = name;
  detail.textContent = value;
  row.append(term, detail);
  return row;
}

function layerRow({ kind, kernel, stride, input, output, bits, macs }) {
  const sides = ({ height, width, channels }) => `${height}×${width}×${channels}`;
  const name = {
    dense: "Dense",
    upsample: `Upsampling ×${kernel}`,
  }[kind] ?? `${kind[0].toUpperCase()}${kind.slice(1)} ${kernel}×${kernel}, stride ${stride}`;
  const cells = [name, sides(input), sides(output), `${bits} bits`, number(macs)];
  const row = document.createElement("tr");
  row.append(
    ...cells.map((text, index) => {
      const cell = document.createElement(index === 0 ? "th" : "td");
      if (index === 0) cell.scope = "row";
      cell.textContent = text;
      return cell;
    }),
  );
  return row;
}
