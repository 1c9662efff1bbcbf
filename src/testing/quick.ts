// Whether these are the quick tests, which skip tests that take seconds.

/** For the `skip` option of a test that takes seconds: a reason during `npm run test:quick`, false otherwise. */
export const TOO_SLOW: string | false = process.env.PARACOSM_TESTS === 'quick' && 'takes too long for the quick tests'
