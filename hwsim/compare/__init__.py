"""Networks x architectures in one report, beside what the papers' conventions would say."""

from hwsim.called import also_a_function

also_a_function(__name__)
