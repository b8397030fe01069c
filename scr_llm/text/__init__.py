"""The reading as running text: body flow, sentences, and the written list of normalisations. Values in, values out."""
