// One of several: native radio buttons that look like keys.

/**
 * Fills a fieldset with a radio button for each name.
 *
 * @param {HTMLFieldSetElement} fieldset
 * @param {string[]} names
 * @param {(index: number) => void} chosen called when the user chooses
 */
export function fillChoice(fieldset, names, chosen) {
  fieldset.querySelectorAll("label").forEach((label) => label.remove());
  names.forEach((name, index) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: fieldset.id, value: index, className: "unseen" });
    input.addEventListener("change", () => chosen(index));
    const label = document.createElement("label");
    const text = document.createElement("span");
    text.textContent = name;
    label.append(input, text);
    fieldset.append(label);
  });
}

/** Checks the radio button of an index, without a word to anyone. */
export function choose(fieldset, index) {
  const input = fieldset.querySelectorAll("input")[index];
  if (input) input.checked = true;
}

/** Index of the checked radio button; 0 if there is none. */
export function chosen(fieldset) {
  return Math.max(0, [...fieldset.querySelectorAll("input")].findIndex((input) => input.checked));
}
