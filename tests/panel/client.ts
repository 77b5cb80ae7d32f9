/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/panel/client.ts - a client as the panel has it, over types that are generated from
 * the description (client.mjs). It is compiled, not run; each @ts-expect-error is an error
 * that the types must find, so that they are known to say something. */
import createClient from 'openapi-fetch';
import type { components, operations, paths } from './schema';

type Problem = components['schemas']['problem'];
type Code = Problem['code'];

const api = createClient<paths>({ baseUrl: 'http://127.0.0.1:8000' });

export async function storeNames(limit: number): Promise<string[]> {
    const { data, error } = await api.GET('/api/v1/stores', {
        params: { query: { limit } },
    });
    if (error !== undefined) {
        const problem: Problem = error;
        throw new Error(problem.title);
    }
    return data.items.map((store) => store.name);
}

export async function logIn(token: string): Promise<string | undefined> {
    const { data } = await api.POST('/api/v1/auth/login-token', { body: { token } });
    return data !== undefined && 'token' in data ? data.token : undefined; /* 202: waits */
}

export const notFound: Code = 'not_found';
export type Me = operations['auth_me'];

export async function mistakes(): Promise<void> {
    // @ts-expect-error no such address
    await api.GET('/api/v1/nowhere');
    // @ts-expect-error no such method there
    await api.DELETE('/api/v1/stores');
    // @ts-expect-error a limit is a number
    await api.GET('/api/v1/stores', { params: { query: { limit: 'ten' } } });
    // @ts-expect-error the id is missing
    await api.GET('/api/v1/stores/{id}');
}

// @ts-expect-error the list of codes is closed
export const unknown: Code = 'no_such_code';
