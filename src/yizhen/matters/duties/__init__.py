"""What a township may be asked to do: the duty list and its gate, admissions, and who comes to inspect."""
