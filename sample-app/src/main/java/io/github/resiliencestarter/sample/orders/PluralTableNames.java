package io.github.resiliencestarter.sample.orders;

import org.springframework.data.relational.core.mapping.DefaultNamingStrategy;
import org.springframework.stereotype.Component;

/**
 * Names tables in the plural, because {@code order} is a word of SQL.
 */
@Component
class PluralTableNames extends DefaultNamingStrategy {

	@Override
	public String getTableName(Class<?> type) {
		return super.getTableName(type) + "s";
	}

}
