"""What the look at pixels costs, and what it finds on honest documents: nothing, if all is well."""
