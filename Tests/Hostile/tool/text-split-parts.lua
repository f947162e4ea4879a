-- expect: error text.split: the text has
-- why: a list of half a million texts, in the parent
text.split(("ab"):rep(1 << 19), "a")
