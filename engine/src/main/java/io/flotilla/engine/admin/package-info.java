/// Operating a fleet from a program: its stores and ranges, splits, leader transfers.
@NullMarked
package io.flotilla.engine.admin;

import org.jspecify.annotations.NullMarked;
