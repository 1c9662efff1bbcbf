// How each figure of a report is computed, as worded in the report.

export const METHODS: Readonly<Record<string, string>> = {
  score:
    'Mean over all slots and counted episodes. Standard error and 95 % interval: bootstrap over seeds (percentiles of up to 1000 resamples of whole seeds).',
  win_draw_loss:
    'In each episode a policy wins with a mean slot score above all others, draws when it shares the top, and loses otherwise.',
  win_probability:
    'Share of comparisons that the policy won, draws as halves: in episodes that both played, or on the same seed, variant, opponent and slot. Interval: bootstrap over seeds; where every seed agrees, the open end is 0.025^(1/seeds).',
  bradley_terry:
    'Maximum likelihood by Hunter (2004), draws as half wins, one virtual draw for each pair that met; 400 points for odds of 10 to 1, mean 1000. Interval: the wider of the bootstrap over seeds (200 resamples) and 1.96 standard errors of the likelihood.',
  plackett_luce:
    'Weng and Lin (2011), algorithm 4, in the order of episodes: mu 25, sigma 25/3, beta 25/6, tau 25/300. Interval: mu -+ 1.96 sigma.',
  failures: 'Failed and timed-out episodes are in no other figure. A failure is charged to the player that caused it.',
  until_decided:
    'After each complete seed, for each pair and direction: betting test on the mean margin per seed with stakes 0.05 to 0.9 mixed equally; decided at a fortune of 2 pairs / (1 - confidence). Valid at every look.',
}
