package io.github.resiliencestarter.sample.orders;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import io.github.resiliencestarter.sample.catalog.KnownSku;

/**
 * What a customer sends.
 *
 * @param sku what is ordered
 * @param quantity how many pieces
 * @param email where the confirmation goes: plain ASCII, which every mail server takes
 */
public record PlaceOrder(@KnownSku String sku,
		@NotNull(message = "The quantity is missing.") @Min(value = 1,
				message = "The quantity must be at least 1.") Integer quantity,
		@NotNull(message = "The e-mail address is missing.") @Size(max = 254,
				message = "The e-mail address is longer than 254 characters.") @Email(regexp = "[\\x21-\\x7e]+",
						message = "The e-mail address is not a valid one.") String email) {

}
