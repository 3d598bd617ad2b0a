// Instructions that a microcontroller spends on an image.

/**
 * What was measured: for each core the instructions of whole models, by the checksum of the file,
 * and of single layers. `browser-page` takes it from docs/engine.md.
 *
 * @type {{core: string, models: Record<string, number>, layers: object[]}[]}
 */
const MEASURED = JSON.parse(document.getElementById("measured").textContent);

/**
 * Instructions for an image of a model on each core that was measured.
 *
 * A model of which no image was measured is estimated: each of its layers costs as much a
 * multiply-accumulate as the most similar layer that was measured. Null where there is none.
 *
 * @returns {{core: string, instructions: number | null, measured: boolean}[]}
 */
export function instructions(facts) {
  return MEASURED.map(({ core, models, layers }) => {
    const measured = models[facts.checksum];
    if (measured !== undefined) return { core, instructions: measured, measured: true };
    const costs = facts.layers.map((layer) => estimate(layer, layers));
    const sum = costs.includes(null) ? null : costs.reduce((sum, cost) => sum + cost, 0);
    return { core, instructions: sum, measured: false };
  });
}

function estimate(layer, measured) {
  const alike = measured.filter(
    ({ kind, stride, bits }) => kind === layer.kind && stride === layer.stride && bits === layer.bits,
  );
  const closest = alike.sort((a, b) => distance(layer, a) - distance(layer, b))[0];
  return closest ? (layer.macs * closest.instructions) / closest.macs : null;
}

/** How different two layers are: the channels that are summed and made decide what a sum costs. */
function distance(a, b) {
  const ratio = (x, y) => Math.abs(Math.log2(x / y));
  return ratio(a.input.channels, b.input.channels) + ratio(a.output.channels, b.output.channels);
}
