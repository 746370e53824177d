// Whether what stands in an option can be sent, and as what.

const NUMBERS = { integer: /^[+-]?\d+$/, number: /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/ };

/** {value} for what may be sent, {} for nothing, {error} in words for people. */
export function read(option, typed) {
  const text = typed.trim();
  if (!text) return option.required ? { error: "This option is required. Specify a value." } : {};
  if (option.kind in NUMBERS) return number(option, text);
  const { min_length: least, max_length: most } = option;
  if (least && text.length < least) return { error: `At least ${least} characters, please.` };
  if (most && text.length > most) return { error: `At most ${most} characters, please; these are ${text.length}.` };
  return { value: text };
}

function number({ kind, min, max }, text) {
  if (!NUMBERS[kind].test(text)) return { error: kind === "integer" ? "Only whole numbers go here." : "Only numbers go here." };
  const value = Number(text.replace(",", "."));
  if (Number.isFinite(min) && value < min) return { error: `At least ${min}, please.` };
  if (Number.isFinite(max) && value > max) return { error: `At most ${max}, please.` };
  return { value };
}
