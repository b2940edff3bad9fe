/// Many calls at once, a bounded number of them, each repeated while its failure is a passing one:
/// what loading, verifying and preparing a benchmark have in common.
///
/// A *pause* is the time in which no call was done.
@NullMarked
package io.flotilla.cli.flow;

import org.jspecify.annotations.NullMarked;
