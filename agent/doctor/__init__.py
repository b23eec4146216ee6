"""`sotto doctor`: what is wrong with the phone and all that it hangs on, in sentences.

`probes` look and decide nothing: each returns facts. `judges` are pure: facts in, findings out.
`examination` asks them in order, and leaves out what cannot be judged because of an earlier one.
"""
