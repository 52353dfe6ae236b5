"""What we listen for: the list of terms, one term with its preview, who may answer."""
