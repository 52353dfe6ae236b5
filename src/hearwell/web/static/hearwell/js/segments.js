// How a text message is cut into segments: the mirror of connect.smsrule. The server counts again.
const BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "\f^{}\\[~]|€";
const clusters = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const septets = (char) => (BASIC.includes(char) ? 1 : EXTENDED.includes(char) ? 2 : 0);

/** Its segments, its encoding, and what is left in the last one. */
export function segmentsOf(text) {
  const chars = [...text];
  const isGsm = chars.every(septets);
  const whole = () => (clusters ? [...clusters.segment(text)].map((one) => one.segment) : chars);
  const sizes = isGsm ? chars.map(septets) : whole().map((one) => one.length);
  const [alone, part] = isGsm ? [160, 153] : [70, 67];
  const encoding = isGsm ? "GSM-7" : "UCS-2";
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= alone) return { n: 1, encoding, left: alone - total };
  let n = 1, used = 0;
  for (const size of sizes) {
    if (used + size > part) { n += 1; used = 0; }
    used += size;
  }
  return { n, encoding, left: part - used };
}
