"""The tutor names the mistake in a function, and the smallest world that shows it.

A learner's function is tried against the gradients that the book proves. If it differs, the
answer is computed once more under each known mistake, and a mistake is named only if it gives
what the learner's function gives, in every world.

`calling` calls functions of which nothing is known, `signatures` finds out what they want,
`outputs` reads what they return, and `trial` brings these together. `worlds` holds what is
tried and what is right, `mistakes` what may be wrong; `hypotheses` finds the mistakes that fit,
`witness` the smallest example, `remarks` what is fragile, and `diagnose` draws the conclusion.
`exercises` registers the six parts with `w2v.check.check`.
"""
