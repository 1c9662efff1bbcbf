// Whether these are the quick tests, which leave out what takes seconds.

/** For the option `skip` of a test that takes seconds: a reason during `npm run test:quick`, false otherwise. */
export const TOO_SLOW: string | false = process.env.PARACOSM_TESTS === 'quick' && 'takes too long for the quick tests'
