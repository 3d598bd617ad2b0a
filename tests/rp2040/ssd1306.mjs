// A module with an SSD1306 controller and an OLED of 128x64 pixels, as its data sheet (Solomon
// Systech, rev. 1.1) describes it: command codes, addressing, and which pixels light up. A command
// that the data sheet does not have, or that this model does not follow, is an error: a driver's
// mistake must not pass unseen.
//
// The module's glass is the usual one: upright when segments are re-mapped (A1) and COM lines are
// scanned from the last to the first (C8), with alternative COM pins (DA 12).

export const WIDTH = 128;
export const HEIGHT = 64;
const PAGES = HEIGHT / 8;

const HORIZONTAL = 0;
const VERTICAL = 1;
const PAGE = 2;

/** Bytes that follow a command's first one. Commands without any are not listed. */
const ARGUMENTS = new Map([
  [0x20, 1],
  [0x21, 2],
  [0x22, 2],
  [0x81, 1],
  [0x8d, 1],
  [0xa8, 1],
  [0xd3, 1],
  [0xd5, 1],
  [0xd9, 1],
  [0xda, 1],
  [0xdb, 1],
]);

export class Ssd1306 {
  constructor() {
    // Undefined after power-on: a firmware that does not clear the display shows snow.
    this.ram = new Uint8Array(WIDTH * PAGES).map((_, index) => (index * 167 + 91) & 0xff);
    this.mode = PAGE;
    this.columns = { first: 0, last: WIDTH - 1 };
    this.pages = { first: 0, last: PAGES - 1 };
    this.column = 0;
    this.page = 0;
    this.startLine = 0;
    this.remapped = false;
    this.scanReversed = false;
    this.on = false;
    this.pump = false;
    this.all = false;
    this.inverse = false;
    this.contrast = 0x7f;
    /** A command whose bytes have not all come yet. */
    this.pending = [];
  }

  /**
   * Which pixels shine, as they are seen: a string a row, `#` for lit and `.` for dark.
   *
   * @returns {string[]}
   */
  rows() {
    return Array.from({ length: HEIGHT }, (_, y) =>
      Array.from({ length: WIDTH }, (_, x) => (this.#lit(x, y) ? "#" : ".")).join(""),
    );
  }

  #lit(x, y) {
    if (!this.on || !this.pump) return false;
    if (this.all) return true;
    const segment = WIDTH - 1 - x;
    const com = HEIGHT - 1 - y;
    const line = this.scanReversed ? HEIGHT - 1 - com : com;
    const row = (line + this.startLine) % HEIGHT;
    const bit = (this.ram[(row >> 3) * WIDTH + segment] >> (row & 7)) & 1;
    return (bit === 1) !== this.inverse;
  }

  /** A byte with D/C# low. */
  command(byte) {
    this.pending.push(byte);
    if (this.pending.length <= (ARGUMENTS.get(this.pending[0]) ?? 0)) return;
    const [code, ...rest] = this.pending;
    this.pending = [];
    this.#execute(code, rest);
  }

  #execute(code, [a, b]) {
    const refuse = (why) => {
      const bytes = [code, a, b].filter((byte) => byte !== undefined);
      const text = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
      throw new Error(`SSD1306: command ${text}: ${why}`);
    };
    const need = (condition, why) => condition || refuse(why);
    if (code <= 0x0f) {
      need(this.mode === PAGE, "only in page addressing mode");
      this.column = (this.column & 0x70) | code;
    } else if (code <= 0x17) {
      need(this.mode === PAGE, "only in page addressing mode");
      this.column = (this.column & 0x0f) | ((code & 7) << 4);
    } else if (code === 0x20) {
      need(a <= PAGE, "no such addressing mode");
      this.mode = a;
    } else if (code === 0x21) {
      need(a <= b && b < WIDTH, "not a range of columns");
      this.columns = { first: a, last: b };
      this.column = a;
    } else if (code === 0x22) {
      need(a <= b && b < PAGES, "not a range of pages");
      this.pages = { first: a, last: b };
      this.page = a;
    } else if (code === 0x2e) {
      // Scrolling stops; this model cannot start it.
    } else if (code >= 0x40 && code <= 0x7f) {
      this.startLine = code & 0x3f;
    } else if (code === 0x81) {
      this.contrast = a;
    } else if (code === 0x8d) {
      need((a & ~4) === 0x10, "reserved bits of the charge pump");
      this.pump = (a & 4) !== 0;
    } else if (code === 0xa0 || code === 0xa1) {
      // Affects only what is written afterwards.
      this.remapped = code === 0xa1;
    } else if (code === 0xa4 || code === 0xa5) {
      this.all = code === 0xa5;
    } else if (code === 0xa6 || code === 0xa7) {
      this.inverse = code === 0xa7;
    } else if (code === 0xa8) {
      need(a === HEIGHT - 1, "this glass has 64 rows");
    } else if (code === 0xae || code === 0xaf) {
      this.on = code === 0xaf;
    } else if (code >= 0xb0 && code <= 0xb7) {
      need(this.mode === PAGE, "only in page addressing mode");
      this.page = code & 7;
    } else if (code === 0xc0 || code === 0xc8) {
      this.scanReversed = code === 0xc8;
    } else if (code === 0xd3) {
      need(a === 0, "an offset turns the picture of this glass");
    } else if (code === 0xd5) {
      // Clock divider and oscillator frequency: any.
    } else if (code === 0xd9) {
      need((a & 0x0f) !== 0 && (a & 0xf0) !== 0, "a pre-charge phase of 0 is invalid");
    } else if (code === 0xda) {
      need(a === 0x12, "this glass needs the alternative COM pins, not re-mapped");
    } else if (code === 0xdb) {
      need((a & ~0x70) === 0, "reserved bits of the deselect level");
    } else if (code !== 0xe3) {
      refuse("not in the data sheet, or not in this model");
    }
  }

  /** A byte with D/C# high: eight pixels below each other, the lowest bit at the top. */
  data(byte) {
    const segment = this.remapped ? WIDTH - 1 - this.column : this.column;
    this.ram[this.page * WIDTH + segment] = byte;
    const nextColumn = () => {
      const wraps = this.column === this.columns.last;
      this.column = wraps ? this.columns.first : (this.column + 1) % WIDTH;
      return wraps;
    };
    const nextPage = () => {
      const wraps = this.page === this.pages.last;
      this.page = wraps ? this.pages.first : (this.page + 1) % PAGES;
      return wraps;
    };
    if (this.mode === HORIZONTAL) {
      if (nextColumn()) nextPage();
    } else if (this.mode === VERTICAL) {
      if (nextPage()) nextColumn();
    } else {
      this.column = (this.column + 1) % WIDTH;
    }
  }
}

/** The module's I2C side: a control byte says what the bytes after it are. */
export class Ssd1306I2c {
  /** The address that modules come with. */
  static ADDRESS = 0x3c;

  constructor(display) {
    this.display = display;
    this.start();
  }

  start() {
    this.control = undefined;
  }

  write(byte) {
    if (this.control === undefined) {
      if ((byte & 0x3f) !== 0) {
        throw new Error(`SSD1306: control byte ${byte.toString(16)} has reserved bits set`);
      }
      this.control = byte;
      return;
    }
    if ((this.control & 0x40) !== 0) this.display.data(byte);
    else this.display.command(byte);
    // With the continuation bit, another control byte follows each byte.
    if ((this.control & 0x80) !== 0) this.control = undefined;
  }
}
