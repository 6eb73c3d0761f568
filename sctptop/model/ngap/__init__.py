"""NGAP and S1AP as far as a registration needs them: headers, NAS types, names."""
