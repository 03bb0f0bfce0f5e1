// The character sets of 94 characters that ESC ( and its kin select (DEC VT100 and VT220 manuals).

/** DEC Special Graphics: what 0x5F…0x7E show as. */
const SPECIAL_GRAPHICS = " ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";

/** The sets a terminal knows; ASCII is the one that needs no look-up. */
export const ASCII = 0;
export const GRAPHICS = 1;
export const BRITISH = 2;

/**
 * The set that a designating final byte names; an unknown one names ASCII.
 * @param {number} final
 */
export function charsetNamed(final) {
  if (final === 0x30 || final === 0x32) return GRAPHICS;
  return final === 0x41 ? BRITISH : ASCII;
}

/**
 * What a printable ASCII byte shows as in a set.
 * @param {number} charset
 * @param {number} code 0x20…0x7E
 */
export function translate(charset, code) {
  if (charset === GRAPHICS && code >= 0x5f) return SPECIAL_GRAPHICS.charCodeAt(code - 0x5f);
  if (charset === BRITISH && code === 0x23) return 0xa3;
  return code;
}
