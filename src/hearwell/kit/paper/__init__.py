"""Paper: what stands on a page to print, and the PDF that is made of it.

`blocks` is what a paper is made of, as plain values. `printing` hands it to a child with limits,
`child` has it set by Typst with `paper.typ`. Data is never markup: the child reads it as JSON.
"""
