"""The mart: the read model that every analysis reads, derived from the store and disposable.

`schema` names its columns, `geoparquet` writes its files, `layout` and `publish` keep its versions,
`snapshot` opens one; `filters`, `periods`, `populations` and `state` say which requests a question
is about, `ask` runs it, and `questions/` has one module per question.
"""
