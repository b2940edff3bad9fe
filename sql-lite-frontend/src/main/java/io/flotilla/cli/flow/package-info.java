/// Many calls at once, a bounded number of them, each repeated while its failure is a passing one: what
/// loading, verifying and preparing a benchmark have in common.
@NullMarked
package io.flotilla.cli.flow;

import org.jspecify.annotations.NullMarked;
