// Where Prisma's own command finds the schema.
export default { schema: 'schema.prisma' }
