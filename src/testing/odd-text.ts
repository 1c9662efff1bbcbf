// Text that has broken line readers and UTF-8 readers: line and paragraph separators, a lone surrogate, NUL.
export const ODD_TEXT = 'a\u2028b\u2029c\ud800\u0000'
