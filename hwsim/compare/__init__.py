"""Networks x architectures in one report, beside what the papers' conventions would say."""
