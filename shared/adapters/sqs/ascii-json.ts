/**
 * JSON in ASCII: every other character as `\uXXXX`. SQS takes a few characters less than Unicode has, and its
 * size limit counts bytes.
 */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
