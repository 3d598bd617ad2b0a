// The latent pad: a square to drag through.

const find = (id) => document.getElementById(id);

/** Ends of both ways, as the firmware counts them. */
export const END = 256;

/** The square between four seeds. The handle is at (right, down), each 0 to END. */
export class Pad {
  #cells;
  #moved;

  /**
   * @param {number} cells pictures in a row and in a column of the map: the handle's ends are in
   *   the middle of the outer ones
   * @param {() => void} moved called when the user has moved the handle
   */
  constructor(cells, moved) {
    this.#cells = cells;
    this.#moved = moved;
    const pad = find("pad");
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      find("right").focus();
      this.#drag(event);
      event.preventDefault();
    });
    pad.addEventListener("pointermove", (event) => {
      if (pad.hasPointerCapture(event.pointerId)) this.#drag(event);
    });
    for (const id of ["right", "down"]) {
      find(id).addEventListener("input", () => this.#changed());
      find(id).addEventListener("keydown", (event) => this.#key(event));
    }
    this.place = { right: 0, down: 0 };
  }

  get place() {
    return { right: Number(find("right").value), down: Number(find("down").value) };
  }

  set place({ right, down }) {
    find("right").value = right;
    find("down").value = down;
    this.#showHandle();
  }

  /** Whatever slider is in focus, all four arrows move the handle as they point. */
  #key(event) {
    const step = Number(find("right").step);
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const ways = by[event.key];
    if (!ways) return;
    event.preventDefault();
    const { right, down } = this.place;
    this.place = { right: right + step * ways[0], down: down + step * ways[1] };
    find(ways[0] ? "right" : "down").focus();
    this.#changed();
  }

  #drag(event) {
    const box = find("map").getBoundingClientRect();
    const way = (at, start, length) => {
      const inCells = ((at - start) / length) * this.#cells - 0.5;
      const part = Math.min(1, Math.max(0, inCells / (this.#cells - 1)));
      return Math.round(part * END);
    };
    this.place = {
      right: way(event.clientX, box.left, box.width),
      down: way(event.clientY, box.top, box.height),
    };
    this.#changed();
  }

  #changed() {
    this.#showHandle();
    this.#moved();
  }

  #showHandle() {
    const { right, down } = this.place;
    const percent = (way) => ((0.5 + (way / END) * (this.#cells - 1)) / this.#cells) * 100;
    find("handle").style.left = `${percent(right)}%`;
    find("handle").style.top = `${percent(down)}%`;
    for (const [id, way] of [["right", right], ["down", down]]) {
      find(id).setAttribute("aria-valuetext", `${Math.round((way / END) * 100)} %`);
    }
  }
}
