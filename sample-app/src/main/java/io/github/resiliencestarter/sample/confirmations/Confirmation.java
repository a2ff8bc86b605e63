package io.github.resiliencestarter.sample.confirmations;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;

import org.springframework.mail.javamail.MimeMessageHelper;

import io.github.resiliencestarter.sample.orders.Order;

/**
 * The e-mail that confirms an order.
 */
public final class Confirmation {

	private Confirmation() {
	}

	/**
	 * Return the subject of an order's confirmation.
	 * @param orderId the order's number
	 * @return the subject
	 */
	public static String subject(long orderId) {
		return "Your order " + orderId + " is confirmed";
	}

	static void write(Order order, String messageId, MimeMessage mail) throws MessagingException {
		MimeMessageHelper helper = new MimeMessageHelper(mail, "UTF-8");
		helper.setFrom("shop@order-service.example");
		helper.setTo(order.email());
		helper.setSubject(subject(order.id()));
		helper.setText(
				"Thank you for ordering " + order.quantity() + " × " + order.sku() + ". It is paid and on its way.");
		mail.setHeader("Message-ID", messageId);
	}

}
