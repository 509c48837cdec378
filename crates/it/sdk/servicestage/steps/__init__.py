"""The steps, a file per topic. Each sentence begins with the section of the contract it is from."""
