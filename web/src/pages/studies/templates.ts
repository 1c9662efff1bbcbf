// Templates for study files. A test verifies that each passes the check.

export interface StudyTemplate {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly source: string
}

const TWO_GAMES = `name: two-games                 # names the study in addresses and data
description: Which game is harder to learn?
assignment_strategy:
  strategy: random_unique         # each participant plays each game once, in a drawn order
  games: [Explore, Infer Intent]
  quota_per_game: 20              # players that each game needs
  max_assignments_per_player: 2
  seed: 7
forms:
  - name: intake
    before_or_after: before       # once, before everything
    questions:
      - {key: age, prompt: "How old are you?", answer_type: number, required: true}
      - key: often
        prompt: How often do you talk with a chatbot?
        answer_type: single_choice
        options: [Never, Weekly, Daily]
        required: true
  - name: outtake
    before_or_after: after        # after each conversation
    questions:
      - {key: easy, prompt: "Was it easy?", answer_type: bool, required: true}
      - {key: why, prompt: "What made it so?", answer_type: string}
study:
  title: Talking to other minds
  consent:
    version: "1"
    scroll: true
    signature: false
    text: |
      We record what you write in the conversations and in the forms.

      You may stop at any time, and have everything deleted.
`

const PROLIFIC = `name: prolific-study
description: A study that is recruited on Prolific.
assignment_strategy:
  strategy: random_unique
  games: [Infer Intent]
  quota_per_game: 40
  max_assignments_per_player: 1
  seed: 11
forms:
  - name: outtake
    before_or_after: after
    questions:
      - key: understood
        prompt: How well did the other understand you?
        answer_type: single_choice
        options: [1, 2, 3, 4, 5, 6, 7]
        required: true
study:
  title: Understanding a stranger
  open_link: true                 # anybody with the address can join
  reservation: {minutes: 45}      # a place is held for so long
  consent:
    version: "1"
    scroll: true
    text: |
      We record what you write. You may stop at any time; you are paid for the time you spent.
  completion:
    code: C1A2B3D4
    url: https://app.prolific.com/submissions/complete?cc={code}
`

const CHOICE = `name: free-choice
description: Participants choose what they play.
seed: 3
games:
  - {name: Explore}
  - {name: Teamwork, overrides: {max_turns: 20}}
next_game_strategy:
  strategy:
    id: full_character_access
    allow_choice_if_multiple: true
    max_assignments_per_player: 3
forms:
  - name: mood
    trigger: {event: before_assignment}   # before each conversation
    questions:
      - {key: mood, prompt: "How are you now?", answer_type: string}
  - name: final
    trigger: {event: after_all_assignments}
    questions:
      - {key: again, prompt: "Would you take part again?", answer_type: bool}
study:
  title: Choose whom you meet
  open_link: false                # only links that you make let people in
`

export const STUDY_TEMPLATES: readonly StudyTemplate[] = [
  {
    id: 'two-games',
    title: 'Two games in a drawn order',
    about: 'Consent, a form before, two games with a quota, and a form after each.',
    source: TWO_GAMES,
  },
  {
    id: 'prolific',
    title: 'One game, recruited on Prolific',
    about: 'An open link, places that are held, and a completion code that leads back.',
    source: PROLIFIC,
  },
  {
    id: 'choice',
    title: 'Participants choose',
    about: 'A run of up to three conversations with games and characters of their choice.',
    source: CHOICE,
  },
]
