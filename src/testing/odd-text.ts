// Text that has broken readers of lines and of UTF-8: line and paragraph separators, a lone surrogate, NUL.
export const ODD_TEXT = 'a\u2028b\u2029c\ud800\u0000'
