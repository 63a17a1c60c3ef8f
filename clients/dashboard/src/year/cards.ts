export const SIZES = ["landscape", "portrait"] as const;
export type Size = (typeof SIZES)[number];

/** Where the server answers the cards and links of a person's year. */
export function yearPath(user: string, year: number): string {
  return `api/v1/people/${encodeURIComponent(user)}/years/${year}`;
}

/** The address of a card. */
export function cardPath(
  user: string,
  year: number,
  ending: "png" | "svg",
  size: Size,
  zone: string,
): string {
  return `${yearPath(user, year)}/card.${ending}?${new URLSearchParams({ size, tz: zone })}`;
}

/** Reads a picture as an address that a page may show. */
export async function pictureOf(answer: Response): Promise<string> {
  const blob = await answer.blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
