// A Raspberry Pi Pico, and what a device on I2C0 hears.

import { ConsoleLogger, I2CMode, LogLevel, RP2040, Simulator } from "rp2040js";

import { readElf } from "./elf.mjs";
import { Rosc } from "./rosc.mjs";
import { Rtt } from "./rtt.mjs";

const FLASH = 0x10000000;
const RAM = 0x20000000;
/** Where the second stage of the boot ROM hands over: the vector table behind its 256 bytes. */
const VECTORS = FLASH + 0x100;
const ROSC_PAGE = 0x40060;
const WATCHDOG_PAGE = 0x40058;
/** What unused RAM is filled with at power-on, to see later how far the stack reached. */
const PAINT = 0xa5;
/** Instructions between two looks at the log. */
const LOOK = 2_000;
/** The I2C address of the device that answers: that of SSD1306 modules. */
const DEVICE = 0x3c;
/** The bus controller's interrupt for an empty transmit FIFO. */
const TX_EMPTY = 1 << 4;

export class Pico {
  /**
   * @param {Uint8Array} elf the firmware
   * @param {number} entropy makes the ring oscillator's random bits
   */
  constructor(elf, entropy) {
    const { segments, symbols } = readElf(elf);
    for (const { address } of segments) {
      if (address < FLASH) throw new Error(`nothing can be programmed at ${address.toString(16)}`);
    }
    this.segments = segments;
    this.symbols = {
      rtt: need(symbols, "_SEGGER_RTT"),
      stackEnd: need(symbols, "__sheap"),
      stackStart: need(symbols, "_stack_start"),
    };
    this.entropy = entropy;
    this.complaints = [];
    this.resets = 0;
    /** Pins that something outside pulls low. */
    this.low = new Set();
    this.plugged = true;
    /** What the device was written: complete transfers, and the one that goes on. */
    this.i2c = [];
    this.transfer = undefined;
    this.clock = new Simulator().clock;
    this.chip = this.#chip();
    this.chip.sram.fill(PAINT);
  }

  /** A chip that comes out of a reset. */
  #chip() {
    const chip = new RP2040(this.clock);
    chip.logger = new Complaints(this.complaints);
    // Other noise after each reset.
    chip.peripherals[ROSC_PAGE] = new Rosc(chip, this.entropy + this.resets);
    const watchdog = chip.peripherals[WATCHDOG_PAGE];
    watchdog.onWatchdogTrigger = () => {
      // Otherwise it triggers again and again, and no time passes.
      watchdog.alarm.enable = false;
      this.resetPending = chip === this.chip;
    };
    chip.onBreak = (code) => {
      throw new Error(`the firmware stopped at a breakpoint (${code})`);
    };
    for (const { address, bytes } of this.segments) chip.flash.set(bytes, address - FLASH);
    // Open pins are high: the buttons' pull-up resistors win.
    for (const pin of chip.gpio) pin.setInputValue(!this.low.has(pin.index));
    this.#connectDevice(chip);
    chip.core.VTOR = VECTORS;
    chip.core.reset();
    this.rtt = new Rtt(chip, this.symbols.rtt);
    return chip;
  }

  #connectDevice(chip) {
    const bus = chip.i2c[0];
    const end = () => {
      if (this.transfer) this.i2c.push(this.transfer);
      this.transfer = undefined;
    };
    bus.onStart = () => bus.completeStart();
    bus.onStop = () => {
      end();
      bus.completeStop();
    };
    // Nine clocks a byte, as fast as the firmware has set the bus, keep time honest.
    const afterByte = (action) => {
      const clocks = 9 * (bus.sclHighPeriod + bus.sclLowPeriod);
      this.clock.createAlarm(action).schedule((clocks / chip.clkSys) * 1e9);
    };
    bus.onConnect = (address, mode) => {
      end();
      const answers = this.plugged && address === DEVICE && mode === I2CMode.Write;
      if (answers) this.transfer = [];
      afterByte(() => {
        bus.completeConnect(answers);
        // An abort empties the FIFO, which the emulated bus forgets to say.
        if (!answers) bus.setInterrupts(TX_EMPTY);
      });
    };
    bus.onWriteByte = (byte) => {
      this.transfer.push(byte);
      afterByte(() => bus.completeWrite(true));
    };
  }

  /** Microseconds since power-on. */
  get micros() {
    return this.clock.micros;
  }

  /**
   * Lets time pass.
   *
   * @param {number} micros how much
   * @param {boolean} untilLog whether to stop as soon as there is something in the log
   * @returns {{log: number[], i2c: number[][]}} the log's bytes, and what was written to the
   * device, a list of bytes for each time it was addressed
   */
  run(micros, untilLog) {
    const { clock } = this;
    const end = clock.nanos + micros * 1_000;
    let look = LOOK;
    while (clock.nanos < end) {
      const { core, clkSys } = this.chip;
      if (core.waiting) {
        const left = end - clock.nanos;
        clock.tick(clock.nextAlarm ? Math.min(clock.nanosToNextAlarm, left) : left);
        // Of itself, the core wakes up for peripherals' interrupts only, not for SysTick's.
        if (core.interruptsUpdated && core.checkForInterrupts()) core.waiting = false;
      } else {
        clock.tick((core.executeInstruction() * 1e9) / clkSys);
      }
      if (this.resetPending) this.#reset();
      if (--look === 0) {
        look = LOOK;
        if (untilLog && this.rtt.pending()) break;
      }
    }
    return { log: this.rtt.take(), i2c: this.i2c.splice(0) };
  }

  /** RAM keeps what is in it. */
  #reset() {
    this.resetPending = false;
    this.resets += 1;
    const { sram } = this.chip;
    this.chip = this.#chip();
    this.chip.sram.set(sram);
  }

  /** Sets the level of a pin from outside. */
  setPin(pin, high) {
    if (high) this.low.delete(pin);
    else this.low.add(pin);
    this.chip.gpio[pin].setInputValue(high);
  }

  /** Enables an interrupt that the firmware does not expect, and raises it once. */
  interrupt(number) {
    this.chip.core.enabledInterrupts |= 1 << number;
    this.chip.setInterrupt(number, true);
  }

  /**
   * RAM in bytes: `static` for what the linker placed, `stack` as deep as it ever was.
   */
  memory() {
    const { stackEnd, stackStart } = this.symbols;
    let deepest = stackEnd;
    while (deepest < stackStart && this.chip.readUint8(deepest) === PAINT) deepest += 1;
    return { static: stackEnd - RAM, stack: stackStart - deepest };
  }
}

function need(symbols, name) {
  const address = symbols.get(name);
  if (address === undefined) throw new Error(`no symbol ${name}: not a firmware of this project`);
  return address;
}

/** Keeps what the emulated chip finds wrong with its firmware. */
class Complaints extends ConsoleLogger {
  constructor(list) {
    super(LogLevel.Warn, false);
    this.list = list;
  }

  warn(part, text) {
    this.list.push(`${part}: ${text}`);
  }

  error(part, text) {
    this.list.push(`${part}: ${text}`);
  }
}
